package ledger

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// schema is the list of migrations, oldest first. The version of a ledger is
// the number of those that it has had.
type schema []migration

type migration struct {
	name, sql string
	seal      bool // the columns of objects have changed: all rows are sealed anew
}

func loadSchema(files fs.FS) (schema, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	var s schema
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		sql, seals := strings.CutSuffix(strings.TrimSpace(string(text)), "{{seal}}")
		s = append(s, migration{name, expandEach(expandObjects(sql)), seals})
	}
	return s, nil
}

// apply brings db up from version, each step in a transaction of its own that
// also bumps user_version, so that a step is done wholly or not at all. A new
// ledger is made in one: killed on the way, it would look like an older one.
func (s schema) apply(ctx context.Context, db *sql.DB, version int) error {
	if version == 0 {
		return inTx(ctx, db, func(tx *sql.Tx) error {
			for i := range s {
				if err := s.step(ctx, tx, i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for i := version; i < len(s); i++ {
		if err := inTx(ctx, db, func(tx *sql.Tx) error { return s.step(ctx, tx, i) }); err != nil {
			return err
		}
	}
	return nil
}

func (s schema) step(ctx context.Context, tx *sql.Tx, i int) error {
	m := s[i]
	_, err := tx.ExecContext(ctx, m.sql)
	if err == nil && m.seal && !slices.ContainsFunc(s[i+1:], func(later migration) bool { return later.seal }) {
		err = sealAll(ctx, tx)
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", i+1))
	}
	if err != nil {
		return fmt.Errorf("migrate ledger, %s: %w", m.name, err)
	}
	return nil
}

var objectBlock = regexp.MustCompile(`(?s)\{\{object (\w+)\}\}\n(.*?)\n\{\{end\}\}`)

// expandObjects writes out the three tables of each {{object}} block, so that
// the columns of a state, its versions and its inbox cannot drift apart.
func expandObjects(text string) string {
	return objectBlock.ReplaceAllStringFunc(text, func(block string) string {
		m := objectBlock.FindStringSubmatch(block)
		return strings.NewReplacer("NAME", m[1], "COLUMNS", m[2]).Replace(objectTables)
	})
}

var eachBlock = regexp.MustCompile(`(?s)\{\{each object\}\}\n(.*?)\n\{\{end\}\}`)

// expandEach repeats the statements of each {{each object}} block for every
// kind of object.
func expandEach(text string) string {
	return eachBlock.ReplaceAllStringFunc(text, func(block string) string {
		var all strings.Builder
		for _, object := range Objects() {
			r := strings.NewReplacer("NAME", string(object)+"s", "OBJECT", string(object))
			all.WriteString(r.Replace(eachBlock.FindStringSubmatch(block)[1]))
		}
		return all.String()
	})
}

const objectTables = `
CREATE TABLE NAME (
    account TEXT NOT NULL,
    id      TEXT NOT NULL,
COLUMNS,
    since   INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT;

CREATE TABLE NAME_versions (
    account TEXT NOT NULL,
    id      TEXT NOT NULL,
COLUMNS,
    since   INTEGER NOT NULL,
    until   INTEGER NOT NULL,
    PRIMARY KEY (account, id, since)
) STRICT;
CREATE INDEX NAME_versions_until ON NAME_versions (until);

CREATE TABLE NAME_inbox (
    window  INTEGER NOT NULL,
    account TEXT NOT NULL,
    id      TEXT NOT NULL,
COLUMNS,
    PRIMARY KEY (window, id)
) STRICT;
`
