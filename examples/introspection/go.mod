module jeton.dev/jeton/examples/introspection

go 1.26.0

require jeton.dev/jeton v0.0.0

replace jeton.dev/jeton => ../../bindings/go
