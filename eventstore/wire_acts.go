package eventstore

import (
	"errors"
	"fmt"

	"registre/domain"
)

// seek moves to the value under key in the object that was just opened.
func (c *coder) seek(key string) bool {
	for c.err == nil && c.next() == '"' {
		k, _ := c.readString()
		if !c.skipPast(":") {
			return false
		}
		if k == key {
			return true
		}
		if c.skipValue(); !c.skipPast(",") {
			return false
		}
	}
	return false
}

// stringAhead looks up the string under key in the object that was just opened.
func (c *coder) stringAhead(key string) (s string) {
	at := c.pos
	if !c.seek(key) {
		c.fail(key, MissingField, nil)
	} else if s, _ = c.readString(); c.err != nil {
		c.err.under(key)
	}
	c.pos = at
	return s
}

// numberAhead looks up the number under key in the object that was just opened.
func (c *coder) numberAhead(key string) (n uint64) {
	at := c.pos
	if !c.seek(key) {
		c.fail(key, MissingField, nil)
	} else if n = c.readNumber(); c.err != nil {
		c.err.under(key)
	}
	c.pos = at
	return n
}

// skipValue moves behind the value that begins here, if it is well formed.
func (c *coder) skipValue() {
	for depth := 0; c.pos < len(c.in); {
		switch c.next() {
		case '"':
			if _, ok := c.readString(); !ok {
				return
			}
		case '{', '[':
			depth++
			c.pos++
		case '}', ']':
			if depth == 0 {
				return // the end of a number, at the end of the object
			}
			depth--
			c.pos++
		case ',':
			if depth == 0 {
				return // the end of a number
			}
			c.pos++
		default:
			c.pos++
			continue
		}
		if depth == 0 {
			return
		}
	}
}

// changes visits a list of changes: objects that say under "change" which they are.
func changes(c *coder, key string, v *[]domain.Change) {
	if c.mode == describing {
		c.describe(key, optional, shape{kind: "array", items: &shape{kind: "change"}})
		return
	}
	list(c, key, optional, v, (*coder).change)
}

func (c *coder) change(v *domain.Change) {
	k := c.changeKind(*v)
	if c.err != nil {
		return
	}
	around := c.open(k.tag)
	if change, _ := k.visit(c, *v).(domain.Change); c.mode == reading {
		*v = change
	}
	c.close(around)
}

// changeKind is the kind of the change v, or of the one that is read here.
func (c *coder) changeKind(v domain.Change) *Kind {
	if c.mode == writing {
		k := c.events.of(v)
		if k == nil || !k.change {
			c.fail(tagKey, UnknownType, fmt.Errorf("%w: not a change", ErrUnknownType))
		}
		return k
	}
	if c.next() != '{' {
		c.fail("", WrongKind, fmt.Errorf("want an object, not %s", c.kindHere()))
		return nil
	}
	c.pos++
	tag := c.stringAhead(tagKey)
	c.pos--
	k := c.events.changes[tag]
	if k == nil {
		c.fail(tagKey, UnknownType, fmt.Errorf("%w: no change is called %.80q", ErrUnknownType, tag))
	}
	return k
}

// act visits the data of an event of kind k.
func (c *coder) act(v *domain.Act, k *Kind) {
	if c.mode == describing {
		c.describe("data", required, shape{kind: "data"})
	} else if c.field("data", required, false) {
		if c.around {
			c.skipValue()
			return
		}
		around := c.open("")
		if act := k.visit(c, *v); c.mode == reading { // what is written down is only looked at: others may be looking too
			*v = act
		}
		c.close(around)
		c.leave("data")
	}
}

// constant visits a text that is known before.
func (c *coder) constant(key, text string) {
	if c.mode == describing {
		c.describe(key, required, shape{kind: key})
		return
	}
	if c.mode == reading && c.hasConstant(key, text) {
		return
	}
	read := text
	value(c, key, required, &read, texts)
	if read != text {
		c.fail(key, BadValue, fmt.Errorf("want %q", text))
	}
}

// replacement visits what an event is replaced by.
func replacement(c *coder, v **domain.Event) {
	if c.mode == describing {
		c.describe("replacement", optional, shape{kind: "replacement"})
		return
	}
	if !c.field("replacement", optional, *v == nil) {
		return
	}
	around := c.open("")
	if c.mode == reading {
		*v = new(domain.Event)
	}
	said(c, *v)
	c.close(around)
	c.leave("replacement")
}

func said(c *coder, v *domain.Event) {
	k := c.saidKind(v)
	if c.err != nil {
		return
	}
	c.act(&v.Act, k)
	value(c, "effective", required, &v.Effective, dates)
	c.constant("type", k.Type)
	c.version(k)
}

// saidKind is the kind of event that v is, or that is read here.
func (c *coder) saidKind(v *domain.Event) (k *Kind) {
	if c.mode == writing {
		if k = c.events.of(v.Act); k == nil {
			c.fail("type", UnknownType, ErrUnknownType)
		}
		return k
	}
	name, version := c.stringAhead("type"), c.numberAhead("version")
	if c.err == nil {
		k = c.find(name, version)
	}
	return k
}

// find is the kind of this name and version.
func (c *coder) find(name string, version uint64) *Kind {
	k, err := c.events.find(name, version)
	if errors.Is(err, ErrUnknownVersion) {
		c.fail("version", UnknownVersion, err)
	} else if err != nil {
		c.fail("type", UnknownType, err)
	}
	return k
}

// version visits the version of k.
func (c *coder) version(k *Kind) {
	version := k.Version
	if number(c, "version", &version); version != k.Version {
		c.fail("version", UnknownVersion, ErrUnknownVersion)
	}
}
