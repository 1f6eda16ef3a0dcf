// Package static holds jeton.h and, for each platform, libjeton_GOOS_GOARCH.a.
// A release has them in place; in the repository the script prepare puts them
// there. It is imported so that `go mod vendor` takes the folder along.
package static
