//go:build !linux

package main

import "os"

func becomeOrdinaryUser() {}

// ordinaryUser says whether modes bind this user.
var ordinaryUser = os.Geteuid() > 0
