package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func commandTree(t *testing.T) []*cobra.Command {
	t.Helper()
	p := &program{getenv: func(string) string { return "" }}
	root := p.root()
	return append([]*cobra.Command{root}, root.Commands()...)
}

// TestHelp holds the help of every command to the contract.
func TestHelp(t *testing.T) {
	for _, command := range commandTree(t) {
		t.Run(command.Name(), func(t *testing.T) {
			if command.Short == "" || command.Long == "" {
				t.Error("it does not say what it does")
			}
			if !strings.Contains(command.Example, "  "+command.Root().Name()) {
				t.Errorf("it has no example: %q", command.Example)
			}
			if command.Name() != "version" && !strings.Contains(command.Short, "(not yet)") && !strings.Contains(command.Long, "Exit codes") {
				t.Error("it does not list its exit codes")
			}
			for line := range strings.SplitSeq(command.Long, "\n") {
				if len(line) > 90 {
					t.Errorf("%d characters are too wide for a terminal: %s", len(line), line)
				}
			}
		})
	}
}

// TestExamples runs what the examples show as far as the flags, so that none
// of them shows a flag that is gone.
func TestExamples(t *testing.T) {
	for _, command := range commandTree(t) {
		for line := range strings.Lines(command.Example) {
			words := strings.Fields(line)
			found, rest, err := command.Root().Find(words[1:])
			if err != nil {
				t.Errorf("%s: %v", line, err)
				continue
			}
			if strings.Contains(found.Short, "(not yet)") {
				continue
			}
			if err := found.ParseFlags(rest); err != nil {
				t.Errorf("%s: %v", strings.TrimSpace(line), err)
			}
		}
	}
}

// TestCommands is the contract's list: nothing of it is missing.
func TestCommands(t *testing.T) {
	var names []string
	for _, command := range commandTree(t)[1:] {
		names = append(names, command.Name())
	}
	slices.Sort(names)
	want := []string{
		"backfill", "backup", "check", "close", "demo", "explain", "forget", "plan", "records", "report",
		"run", "runs", "sandbox", "serve", "verify", "version",
	}
	if !slices.Equal(names, want) {
		t.Errorf("commands are\n%q, want\n%q", names, want)
	}
	root := commandTree(t)[0]
	for _, flag := range []string{"config", "log-format", "verbose"} {
		if root.PersistentFlags().Lookup(flag) == nil {
			t.Errorf("there is no --%s", flag)
		}
	}
}
