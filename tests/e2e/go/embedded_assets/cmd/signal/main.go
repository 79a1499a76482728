package main

import (
	_ "embed"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
)

//go:embed flags.txt
var flags string

var version string

func main() {
	check := flag.Bool("check", false, "ask the running server whether it is well")
	flag.Parse()
	if *check {
		answer, err := http.Get("http://127.0.0.1:8080/")
		if err != nil || answer.StatusCode != http.StatusOK {
			os.Exit(1)
		}
		return
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %suid %d", version, flags, os.Getuid())
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
