package main

import (
	"os"
	"reflect"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding/japanese"

	"reconcile/internal/job"
)

// sjis FILE: the file is written anew in Shift_JIS.
func shiftJIS(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, !neg && len(args) == 1, "sjis FILE")
	text, err := japanese.ShiftJIS.NewEncoder().String(ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func TestReferenceHasEveryFieldOfTheBooks(t *testing.T) {
	sameList(t, "records --json", oneTable(t, document(t, "docs/reference.md"), "records field").first(), deepFields("", reflect.TypeFor[job.Books]()))
}

// deepFields names the fields of a type and of the lists in it.
func deepFields(path string, of reflect.Type) []string {
	var names []string
	for field := range fieldsOf(of) {
		switch {
		case field.name == "":
		case field.of.Kind() == reflect.Slice && field.of.Elem().Kind() == reflect.Struct:
			names = append(names, deepFields(path+field.name+"[].", field.of.Elem())...)
		case field.of.Kind() == reflect.Slice:
			names = append(names, path+field.name+"[]")
		default:
			names = append(names, path+field.name)
		}
	}
	return names
}
