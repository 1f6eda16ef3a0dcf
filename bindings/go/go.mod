module jeton.dev/jeton

go 1.26
