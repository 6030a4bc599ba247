// A count endpoint with Go's net/http and its own TLS.
// Arguments: address, certificate, key, database, and `memory` to read all counts once, at the start.
package main

import (
	"crypto/tls"
	"database/sql"
	"encoding/json"
	"log"
	"net/http"
	"os"

	_ "github.com/mattn/go-sqlite3"
)

type answer struct {
	Count int `json:"count"`
}

func main() {
	database, err := sql.Open("sqlite3", os.Args[4])
	if err != nil {
		log.Fatal(err)
	}
	look := fromDatabase(database)
	if len(os.Args) > 5 && os.Args[5] == "memory" {
		look = fromMemory(database)
	}
	http.HandleFunc("/count", func(w http.ResponseWriter, r *http.Request) {
		count, err := look(r.URL.Query().Get("path"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(answer{count})
	})
	server := &http.Server{
		Addr: os.Args[1],
		// Like the other servers: TLS 1.3, HTTP/1.1, and no session resumption.
		TLSConfig:    &tls.Config{MinVersion: tls.VersionTLS13, SessionTicketsDisabled: true},
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
	log.Fatal(server.ListenAndServeTLS(os.Args[2], os.Args[3]))
}

func fromDatabase(database *sql.DB) func(string) (int, error) {
	statement, err := database.Prepare("SELECT count FROM counts WHERE path = ?")
	if err != nil {
		log.Fatal(err)
	}
	return func(path string) (count int, err error) {
		err = statement.QueryRow(path).Scan(&count)
		if err == sql.ErrNoRows {
			err = nil
		}
		return
	}
}

func fromMemory(database *sql.DB) func(string) (int, error) {
	rows, err := database.Query("SELECT path, count FROM counts")
	if err != nil {
		log.Fatal(err)
	}
	counts := map[string]int{}
	for rows.Next() {
		var path string
		var count int
		if err := rows.Scan(&path, &count); err != nil {
			log.Fatal(err)
		}
		counts[path] = count
	}
	if err := rows.Err(); err != nil {
		log.Fatal(err)
	}
	return func(path string) (int, error) { return counts[path], nil }
}
