package main

import (
	"embed"
	"html/template"
	"net/http"
	"os"
)

//go:embed assets/*.css
var assets embed.FS

// The text of "notes" is only a comment.
func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "9090"
	}
	_ = template.Must(template.ParseGlob("templates/*.html"))
	_, _ = assets.ReadFile("assets/a.css")
	_, _ = os.ReadFile("config.yaml")
	http.ListenAndServe(":"+port, nil)
}
