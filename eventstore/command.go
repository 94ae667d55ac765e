package eventstore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/unicode/norm"

	"registre/domain"
)

// MaxCommand bounds the JSON text of one command, in bytes.
const MaxCommand = 1 << 20

// DecodeCommand reads a command as people write it: one JSON object, its keys in any order, with any white space. The
// rest is strict: no unknown key and none twice, no number but whole ones in plain digits, text in Unicode normalisation
// form C, no optional field that says nothing, no more than MaxCommand bytes and MaxDepth levels. Where it has no "id",
// ID is uuid.Nil, and the caller must give it one.
//
// Its error is a *WireError that names the field. It judges the form only: the rules are the domain's.
//
//	DecodeCommand(AppendCommand(c)) == c, where empty lists are nil
func DecodeCommand(line []byte) (domain.Command, error) { return Events.DecodeCommand(line) }

// DecodeCommand is [DecodeCommand] by the catalogue c.
func (c *Catalogue) DecodeCommand(line []byte) (domain.Command, error) {
	if len(line) > MaxCommand {
		return domain.Command{}, &WireError{Offset: MaxCommand, Problem: TooLong, Cause: fmt.Errorf("%d bytes, and %d are the most", len(line), MaxCommand)}
	}
	if err := checkJSON(line); err != nil {
		return domain.Command{}, err
	}
	canonical := jsontext.Value(bytes.Clone(line))
	if err := canonical.Canonicalize(); err != nil {
		return domain.Command{}, syntaxError(line, err)
	}
	var command domain.Command
	k := c.reader(string(canonical))
	k.command(&command)
	if err := k.finish(); err != nil {
		err.Offset = offsetOf(line, err.Path)
		return domain.Command{}, err
	}
	return command, nil
}

// AppendCommand appends the canonical form of a command to dst, without "id" where it is uuid.Nil. It fails with a
// *WireError, and appends nothing, when there is none; so ErrUnknownType for an act that nobody commands.
func AppendCommand(dst []byte, command *domain.Command) ([]byte, error) {
	return Events.AppendCommand(dst, command)
}

// AppendCommand is [AppendCommand] by the catalogue c.
func (c *Catalogue) AppendCommand(dst []byte, command *domain.Command) ([]byte, error) {
	k := c.writer(dst)
	k.command(command)
	return k.written(dst)
}

func (c *coder) command(v *domain.Command) {
	around := c.open("")
	k := c.commandKind(v)
	if c.err != nil {
		return
	}
	value(c, "actor", optional, &v.Actor, texts)
	c.constant("command", k.Command)
	c.act(&v.Act, k)
	value(c, "effective", required, &v.Effective, dates)
	objects(c, "evidence", optional, &v.Evidence, evidence)
	value(c, "group", required, &v.Group, groups)
	value(c, "id", optional, &v.ID, uuids)
	value(c, "illustrative", optional, &v.Illustrative, texts)
	value(c, "on_behalf_of", optional, &v.OnBehalfOf, members)
	c.close(around)
}

// commandKind is the kind of event that v asks for, or the command that is read.
func (c *coder) commandKind(v *domain.Command) *Kind {
	if c.mode == describing {
		return &Kind{}
	}
	if c.mode == writing {
		k := c.events.of(v.Act)
		if k == nil || k.Command == "" {
			c.fail("command", UnknownCommand, fmt.Errorf("%w: nobody commands a %T", ErrUnknownType, v.Act))
		}
		return k
	}
	name := c.stringAhead("command")
	k := c.events.commands[name]
	if k == nil {
		c.fail("command", UnknownCommand, fmt.Errorf("no command is called %.80q", name))
	}
	return k
}

// checkJSON goes through line once, without recursion, and says what no command can hold.
func checkJSON(line []byte) *WireError {
	if i := firstBadUTF8(line); i >= 0 {
		return &WireError{Offset: i, Problem: BadUTF8}
	}
	dec := jsontext.NewDecoder(bytes.NewBuffer(line))
	for first := true; ; first = false {
		token, err := dec.ReadToken()
		switch {
		case errors.Is(err, io.EOF) && !first:
			return nil
		case err != nil:
			return syntaxError(line, err)
		case first && token.Kind() != '{':
			return at(dec, NotAnObject, nil)
		case dec.StackDepth() > MaxDepth:
			return at(dec, TooDeep, fmt.Errorf("%d levels are the most", MaxDepth))
		}
		if bad := checkToken(dec, token); bad != nil {
			return bad
		}
		if dec.StackDepth() == 0 {
			return checkEnd(dec, line)
		}
	}
}

// checkEnd reports what follows the object.
func checkEnd(dec *jsontext.Decoder, line []byte) *WireError {
	rest := line[dec.InputOffset():]
	if left := bytes.TrimLeft(rest, " \t\r\n"); len(left) > 0 {
		return &WireError{Offset: len(line) - len(left), Problem: Syntax, Cause: errors.New("something follows after the end")}
	}
	return nil
}

func checkToken(dec *jsontext.Decoder, token jsontext.Token) *WireError {
	switch token.Kind() {
	case '0':
		if text := token.String(); !isInteger(text) {
			return at(dec, BadNumber, fmt.Errorf("%.40s: want a whole number from 0 to %d in plain digits", text, uint64(maxInteger)))
		}
	case '"':
		if text := token.String(); !isNFC(text) {
			return at(dec, NotNFC, fmt.Errorf("write %+.80q", norm.NFC.String(text)))
		}
	}
	return nil
}

func isInteger(text string) bool {
	n, err := strconv.ParseUint(text, 10, 64)
	return err == nil && n <= maxInteger
}

// at is a problem with the token that was just read.
func at(dec *jsontext.Decoder, problem string, cause error) *WireError {
	return &WireError{Offset: int(dec.InputOffset()), Path: pathOf(dec.StackPointer()), Problem: problem, Cause: cause}
}

// pathOf writes a JSON pointer as the paths of a WireError are written.
func pathOf(p jsontext.Pointer) string {
	var keys []string
	for key := range p.Tokens() {
		keys = append(keys, key)
	}
	return strings.Join(keys, ".")
}

func firstBadUTF8(line []byte) int {
	if utf8.Valid(line) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && n < 2 {
			return i
		}
		i += n
	}
}

// syntaxError is what jsontext says of line, in our words.
func syntaxError(line []byte, err error) *WireError {
	bad := &WireError{Offset: len(line), Problem: Syntax, Cause: err}
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return bad // it is empty
	}
	bad.Offset, bad.Path = int(syntax.ByteOffset), pathOf(syntax.JSONPointer)
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		bad.Problem = DuplicateKey
	case halfSurrogate(line, bad.Offset):
		bad.Problem = BadUTF8
	}
	return bad
}

// halfSurrogate reports whether the syntax error at offset is none where half surrogate pairs are let pass.
func halfSurrogate(line []byte, offset int) bool {
	dec := jsontext.NewDecoder(bytes.NewBuffer(line), jsontext.AllowInvalidUTF8(true))
	for {
		if _, err := dec.ReadToken(); err != nil {
			var syntax *jsontext.SyntacticError
			return !errors.As(err, &syntax) || int(syntax.ByteOffset) > offset
		}
	}
}

// offsetOf finds where in line the field at path has its value, or where the element of a list ends; -1 where there is none.
func offsetOf(line []byte, path string) int {
	dec := jsontext.NewDecoder(bytes.NewBuffer(line))
	for path != "" {
		if _, err := dec.ReadToken(); err != nil {
			break
		}
		if pathOf(dec.StackPointer()) == path {
			return len(line) - len(bytes.TrimLeft(line[dec.InputOffset():], " \t\r\n:"))
		}
	}
	return -1
}
