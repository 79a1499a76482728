package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"

	"github.com/harbour/beacon/flash"
)

func main() {
	listen := flag.String("listen", ":80", "address")
	flag.Parse()
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, flash.Rhythm(r.URL.Path[1:]))
	})
	log.Fatal(http.ListenAndServe(*listen, nil))
}
