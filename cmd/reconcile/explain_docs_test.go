package main

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"reconcile/internal/job"
)

func TestReferenceHasEveryFieldOfAnExplanation(t *testing.T) {
	sameList(t, "explain --json", oneTable(t, document(t, "docs/reference.md"), "explanation field").first(), jsonFields(reflect.TypeFor[job.Explanation]()))
}

// jsonFields names the fields of a type as the reference does, lists with [].
func jsonFields(of reflect.Type) []string {
	var names []string
	for field := range fieldsOf(of) {
		if field.of.Kind() == reflect.Slice {
			field.name += "[]"
		}
		names = append(names, field.name)
	}
	return names
}

// What the lists of an explanation hold is taken from the goldens of its text.
func TestReferenceHasEveryFieldOfAnExplanationsLists(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(repository, "internal/job/testdata/explain/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal("there are no goldens", err)
	}
	has := map[string]map[string]bool{}
	for _, file := range files {
		var explained struct{ Found []map[string]any }
		name, err := filepath.Rel(repository, file)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(document(t, name)), &explained); err != nil {
			t.Fatal(err)
		}
		for _, found := range explained.Found {
			listFields("", found, has)
		}
	}
	documented := map[string]map[string]bool{}
	for _, row := range oneTable(t, document(t, "docs/reference.md"), "explanation list").rows[1:] {
		documented[code(row[0])] = map[string]bool{}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
			documented[code(row[0])][m[1]] = true
		}
	}
	sameSet(t, "lists", slices.Collect(maps.Keys(documented)), slices.Collect(maps.Keys(has)))
	for list := range has {
		sameSet(t, list, slices.Collect(maps.Keys(documented[list])), slices.Collect(maps.Keys(has[list])))
	}
}

// listFields collects the keys of the objects in every list below object.
func listFields(path string, object map[string]any, into map[string]map[string]bool) {
	for key, value := range object {
		list, _ := value.([]any)
		for _, element := range list {
			fields, isObject := element.(map[string]any)
			if !isObject {
				break
			}
			name := strings.TrimPrefix(path+"[]."+key, "[].")
			if into[name] == nil {
				into[name] = map[string]bool{}
			}
			for field := range fields {
				into[name][field] = true
			}
			listFields(name, fields, into)
		}
	}
}

func TestReferenceHasEveryFieldOfAClosing(t *testing.T) {
	var has []string
	for field := range fieldsOf(reflect.TypeFor[job.ClosedMonth]()) {
		if field.of.Kind() != reflect.Slice {
			has = append(has, field.name)
			continue
		}
		for inner := range fieldsOf(field.of.Elem()) {
			has = append(has, field.name+"[]."+inner.name)
		}
	}
	sameList(t, "close --json", oneTable(t, document(t, "docs/reference.md"), "closing field").first(), has)
}
