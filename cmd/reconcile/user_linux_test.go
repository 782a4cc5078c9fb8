package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// becomeOrdinaryUser starts this process anew without root's right to write
// where the modes say no, so that such tests mean something in a container too.
func becomeOrdinaryUser() {
	if os.Geteuid() != 0 || os.Getenv("AS_USER") == "is" {
		return
	}
	if err := dropOverride(); err != nil {
		fmt.Fprintln(os.Stderr, "give up root's rights:", err)
		os.Exit(99)
	}
}

func dropOverride() error {
	runtime.LockOSThread() // the new process has this thread's rights
	for _, right := range []uintptr{unix.CAP_DAC_OVERRIDE, unix.CAP_DAC_READ_SEARCH, unix.CAP_FOWNER} {
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, right, 0, 0, 0); err != nil {
			return err
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var rights [2]unix.CapUserData
	if err := unix.Capget(&header, &rights[0]); err != nil {
		return err
	}
	rights[0].Inheritable, rights[1].Inheritable = 0, 0
	if err := unix.Capset(&header, &rights[0]); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	env := []string{"AS_USER=is"}
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "AS_USER=") {
			env = append(env, pair)
		}
	}
	return syscall.Exec(self, append([]string{"reconcile"}, os.Args[1:]...), env)
}

const ordinaryUser = true
