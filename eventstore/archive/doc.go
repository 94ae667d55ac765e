// Package archive keeps registers as transparency logs: trees over the stored bytes, checkpoints that are signed, and
// static files that anybody's tools can check.
package archive
