package main

import (
	"html/template"
	"log"
	"net/http"
)

var page = template.Must(template.ParseGlob("templates/*.html"))

func main() {
	http.Handle("/static/", http.StripPrefix("/static/", http.FileServer(http.Dir("static"))))
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if err := page.ExecuteTemplate(w, "board.html", []string{"Nerea", "Stella"}); err != nil {
			log.Print(err)
		}
	})
	log.Fatal(http.ListenAndServe(":3000", nil))
}
