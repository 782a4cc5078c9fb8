//go:build !unix

package job

// freeSpace is not known here.
func freeSpace(string) (int64, bool) { return 0, false }

// writable is found out by the run itself here.
func writable(string) bool { return true }
