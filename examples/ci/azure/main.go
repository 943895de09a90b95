// Ferry says when the next ferry leaves. It stands for the program that you build and ship.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"
)

const address = "127.0.0.1:8080"

func main() {
	check := flag.Bool("check", false, "ask the running program whether it is well, and exit")
	flag.Parse()
	if *check {
		os.Exit(health())
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "The next ferry leaves at", next(time.Now()).Format(time.Kitchen))
	})
	server := &http.Server{Addr: ":8080", ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// next is the departure after a moment: a ferry leaves every half an hour.
func next(now time.Time) time.Time {
	return now.Truncate(30 * time.Minute).Add(30 * time.Minute)
}

func health() int {
	client := http.Client{Timeout: 2 * time.Second}
	answer, err := client.Get("http://" + address + "/")
	if err != nil || answer.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}
