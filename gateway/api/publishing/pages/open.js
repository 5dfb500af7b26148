const page = document.getElementById("page");
SwaggerUIBundle({ url: page.dataset.url, domNode: page, docExpansion: "list", defaultModelsExpandDepth: 0 });
