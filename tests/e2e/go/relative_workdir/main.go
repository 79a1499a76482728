// Serves the day's tides from texts/today.txt, which lies beside the program.
package main

import (
	"log"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "texts/today.txt")
	})
	log.Fatal(http.ListenAndServe(":7710", nil))
}
