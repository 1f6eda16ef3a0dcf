module jeton.dev/jeton/examples/porter

go 1.26.0

require (
	github.com/mattn/go-sqlite3 v1.14.53
	golang.org/x/crypto v0.59.0
	jeton.dev/jeton v0.0.0
)

replace jeton.dev/jeton => ../../bindings/go
