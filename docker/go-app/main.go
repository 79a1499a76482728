// A small HTTP service that uses only the standard library.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		log.Print(err)
	}
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			answer(w, http.StatusNotFound, map[string]string{"error": "not found"})
			return
		}
		answer(w, http.StatusOK, map[string]string{"service": "go-app", "message": "hello"})
	})
	mux.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) {
		answer(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("/hello/", func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, "/hello/")
		answer(w, http.StatusOK, map[string]string{"hello": name})
	})
	// Needs the time zone database, which not every small image has.
	mux.HandleFunc("/zone", func(w http.ResponseWriter, r *http.Request) {
		zone, err := time.LoadLocation("Europe/Lisbon")
		if err != nil {
			answer(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
			return
		}
		noon := time.Date(2024, time.July, 1, 12, 0, 0, 0, time.UTC)
		answer(w, http.StatusOK, map[string]string{"noon": noon.In(zone).Format(time.RFC3339)})
	})
	return mux
}

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	server := &http.Server{Addr: ":" + port, Handler: routes(), ReadHeaderTimeout: 5 * time.Second}
	log.Printf("listening on %s", server.Addr)
	log.Fatal(server.ListenAndServe())
}
