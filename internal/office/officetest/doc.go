// Package officetest starts PostgreSQL servers for tests, on Linux. A server lives as
// long as the test process at most, listens on a socket of its own in a folder of its
// own, and can be killed.
package officetest
