package records

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A server that takes the connection and says nothing does not hold up who is
// interrupted.
func TestSilentServersAreLeft(t *testing.T) {
	for driver, dsn := range map[string]string{
		"postgres": "postgres://shop:hunter2@%s/shop?sslmode=disable", "mysql": "shop:hunter2@tcp(%s)/shop",
	} {
		t.Run(driver, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = listener.Close() })
			ctx, cancel := context.WithCancel(context.Background())
			left := make(chan struct{})
			defer close(left)
			go func() {
				conn, err := listener.Accept()
				cancel()
				<-left
				if err == nil {
					_ = conn.Close()
				}
			}()
			s := shop{driver: driver, dsn: fmt.Sprintf(dsn, listener.Addr())}.source("SELECT 1 AS id")
			if _, err := s.ReadQuery(ctx, time.Unix(0, 0), &gathered{}); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Out of time, the driver's own error says less than ours.
func TestTimeOutsSayWhatToDo(t *testing.T) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), 0, errSlow)
	defer cancel()
	const want = "not done within 15m0s: ask for fewer rows, or see what holds the database up"
	if err := reason(ctx, io.ErrUnexpectedEOF); err.Error() != want {
		t.Errorf("got %v", err)
	}
	if err := reason(context.Background(), io.ErrUnexpectedEOF); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("in time: %v", err)
	}
}

// nowhere is a port of this machine on which nobody listens.
func nowhere(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// What goes wrong is said with the source, the driver and what to do, and
// without the password.
func TestQueryErrors(t *testing.T) {
	const password = "hunter2"
	address := nowhere(t)
	_, port, _ := net.SplitHostPort(address)
	folder := t.TempDir()
	junk := filepath.Join(folder, "junk.db")
	if err := os.WriteFile(junk, []byte(strings.Repeat("not a database ", 99)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ driver, dsn, want string }{
		{"oracle", "hunter2", `records shop-db: query oracle: driver "oracle" is not known: use sqlite, postgres or mysql`},
		{"sqlite", filepath.Join(folder, "no.db"), "records shop-db: query sqlite: " + filepath.Join(folder, "no.db") + " is not there: the DSN of sqlite is the path of the shop's database file"},
		{"sqlite", folder, "records shop-db: query sqlite: " + folder + " is a folder: the DSN of sqlite is the path of the shop's database file"},
		{"sqlite", junk, "file is not a database"},
		{
			"postgres", "postgres://shop:hunter2@" + address + "/shop",
			"records shop-db: query postgres: cannot connect: failed to connect to `user=shop database=shop`: " + address + " (127.0.0.1): dial error: dial tcp " + address + ": connect: connection refused; check host, port, user and password of the DSN",
		},
		{"postgres", "host=127.0.0.1 port=" + port + " user=shop password=hunter2", "check host, port, user and password of the DSN"},
		{"postgres", "postgres://shop:hunter2@db:port/shop", "records shop-db: query postgres: the DSN is not understood: write it as postgres://USER:PASSWORD@HOST:5432/DATABASE, with %40 for @ and %2F for / in the password"},
		{"postgres", "shop:hunter2@/shop", "the DSN is not understood"},
		{"mysql", "shop:hunter2@tcp(" + address + ")/shop", "records shop-db: query mysql: cannot connect: "},
		{"mysql", "shop:hunter2@tcp(db/shop", "records shop-db: query mysql: the DSN is not understood: write it as USER:PASSWORD@tcp(HOST:3306)/DATABASE"},
		{"mysql", "mysql://shop:hunter2@db/shop", "the DSN is not understood"},
		{"mysql", "shop:hunter2@tcp(db)/shop?tls=nonsense", "the DSN is not understood"},
	} {
		s := shop{driver: tt.driver, dsn: tt.dsn}.source("SELECT 1 AS id")
		_, err := s.ReadQuery(context.Background(), time.Unix(0, 0), &gathered{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: %v, want %s", tt.driver, tt.dsn, err, tt.want)
		}
		if err != nil && strings.Contains(fmt.Sprintf("%v %+v", err, err), password) {
			t.Errorf("%s %s: the error holds the password: %v", tt.driver, tt.dsn, err)
		}
	}
}
