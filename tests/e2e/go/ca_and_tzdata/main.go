package main

import (
	"crypto/x509"
	"fmt"
	"log"
	"net"
	"net/http"
	"os/user"
	"time"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		tokyo, err := time.LoadLocation("Asia/Tokyo")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		pool, err := x509.SystemCertPool()
		if err != nil || pool.Equal(x509.NewCertPool()) {
			http.Error(w, "no authorities", http.StatusInternalServerError)
			return
		}
		names, err := net.LookupHost("localhost")
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		me, err := user.Current()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		noon := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC).In(tokyo)
		fmt.Fprintf(w, "%s for %s, localhost known: %t", noon.Format("15:04 MST"), me.Username, len(names) > 0)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
