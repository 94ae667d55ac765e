package domain

import "embed"

// Source is the text of this package's files, save its tests: what a snapshot was made by.
//
//go:embed *[^t].go *[^s]t.go
var Source embed.FS
