# Two stages: the first installs with the same script as the Makefile, the second carries only what runs.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY .ci/install .ci/install
COPY deploy/requirements deploy/requirements
COPY gateway gateway
COPY banyan banyan
COPY contracts contracts
COPY adapters adapters
RUN .ci/install /opt/banyan run

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 banyan && useradd --system --uid 10001 --gid banyan --home-dir /var/lib/banyan --create-home banyan
COPY --from=build /opt/banyan /opt/banyan
ENV PATH=/opt/banyan/bin:$PATH PYTHONUNBUFFERED=1 BANYAN_GATEWAY__HOST=0.0.0.0
USER 10001:10001
WORKDIR /var/lib/banyan
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health/ready', timeout=2)"]
ENTRYPOINT ["banyan"]
CMD ["serve", "--config", "/etc/banyan/banyan.toml"]
