# `make` alone builds; the checks are the ones that CI runs.
FUZZTIME ?= 30s
DEMO_DIR ?= reconcile-demo
KILLS ?= 300
DICE ?= 1

export CGO_ENABLED = 1

.PHONY: build test race lint demo bench year books kill fuzz ci clean

build:
	go build -trimpath -o bin/reconcile ./cmd/reconcile

test:
	go test ./...

race:
	go test -race ./...

lint:
	bash .ci/run lint

demo:
	go run ./cmd/reconcile demo --dir $(DEMO_DIR)

bench:
	go test -run '^$$' -bench . -benchmem ./...

# What a night costs and finds, over a year of 10,000 charges a day.
year:
	go test -run '^$$' -bench '^BenchmarkYear$$' -benchtime 1x ./bench

# A million records against a million charges: time, memory, and an import with a join beside it.
books:
	go test -run '^$$' -bench '^BenchmarkBooks$$' -benchtime 1x -timeout 30m ./bench

# The program, killed at random moments of all its work; `make kill KILLS=1000 DICE=7`.
kill:
	go test -count 1 -v -timeout 60m -run '^TestKilled$$' ./cmd/reconcile -kills $(KILLS) -dice $(DICE)

# Go fuzzes one function at a time.
fuzz:
	@set -e; grep -rlE --include='*_test.go' '^func Fuzz' cmd internal | while read -r file; do \
		sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$$file" | while read -r name; do \
			echo "== $$name in $$(dirname "$$file")"; \
			go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 50x "./$$(dirname "$$file")" </dev/null; \
		done; \
	done

ci:
	bash .ci/run

clean:
	rm -rf bin $(DEMO_DIR)
