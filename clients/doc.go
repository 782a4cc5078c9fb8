// Package clients drives `reconcile sandbox` with Omise's official clients, which are not needed to
// build or run the program: hence a module of its own. It has tests only.
package clients
