"""TMF630 part 6: JSONPath as it is asked of resources. Invalid is 400, understood but not done here is 501."""

from gateway.api.tmf630.jsonpath.narrowing import necessary
from gateway.api.tmf630.jsonpath.paths import Filter, Path, Place, read_filter, read_path

__all__ = ["Filter", "Path", "Place", "necessary", "read_filter", "read_path"]
