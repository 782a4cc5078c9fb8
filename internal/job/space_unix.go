//go:build unix

package job

import "golang.org/x/sys/unix"

// freeSpace is the number of bytes that this user may still write.
func freeSpace(path string) (int64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true //nolint:unconvert // the types differ between systems
}

// writable asks the system; it writes nothing.
func writable(path string) bool { return unix.Access(path, unix.W_OK) == nil }
