package main

import (
	"fmt"
	"net/http"
	"os/exec"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "calm") })
	http.HandleFunc("/keeper", func(w http.ResponseWriter, r *http.Request) {
		out, err := exec.Command("git", "--version").Output()
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		w.Write(out)
	})
	http.ListenAndServe(":8000", nil)
}
