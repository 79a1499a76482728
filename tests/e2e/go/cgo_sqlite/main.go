package main

/*
#cgo LDFLAGS: -lsqlite3
#include <sqlite3.h>
#include <stdlib.h>

static int count(sqlite3 *db) {
	sqlite3_stmt *statement;
	int result = -1;
	if (sqlite3_prepare_v2(db, "select count(*) from hits", -1, &statement, 0) == SQLITE_OK) {
		if (sqlite3_step(statement) == SQLITE_ROW) result = sqlite3_column_int(statement, 0);
		sqlite3_finalize(statement);
	}
	return result;
}
*/
import "C"

import (
	"fmt"
	"log"
	"net/http"
	"sync"
	"unsafe"
)

func execute(db *C.sqlite3, sql string) {
	text := C.CString(sql)
	defer C.free(unsafe.Pointer(text))
	if code := C.sqlite3_exec(db, text, nil, nil, nil); code != C.SQLITE_OK {
		log.Fatalf("%s: code %d", sql, code)
	}
}

func main() {
	var db *C.sqlite3
	name := C.CString(":memory:")
	defer C.free(unsafe.Pointer(name))
	if code := C.sqlite3_open(name, &db); code != C.SQLITE_OK {
		log.Fatalf("open: code %d", code)
	}
	execute(db, "create table hits (at text)")
	var lock sync.Mutex
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		execute(db, "insert into hits values (datetime())")
		fmt.Fprintf(w, "sqlite %s, %d hits", C.GoString(C.sqlite3_libversion())[:2], C.count(db))
	})
	log.Fatal(http.ListenAndServe(":9000", nil))
}
