package subjects

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"registre/web"
	"registre/web/operation"
)

// maxRequest is how long a request can be: a command, and what stands beside it.
const maxRequest = 1<<20 + 64<<10

// read reads a request: a JSON object with a value for each parameter, or nothing at all. Strings are as over HTTP; numbers and truth may
// stand as such, and what are several as an array.
func read(o *web.Operation, data []byte) (call web.Call, err error) {
	call = web.Call{Operation: o.Name, Values: url.Values{}}
	if len(data) > maxRequest {
		return call, &web.Fault{Status: http.StatusRequestEntityTooLarge, Name: "body-too-long", Subject: strconv.Itoa(maxRequest)}
	}
	var object map[string]jsontext.Value
	if len(data) > 0 {
		if err := json.Unmarshal(data, &object); err != nil || object == nil {
			detail := "null"
			if err != nil {
				detail = err.Error()
			}
			return call, &web.Fault{Status: http.StatusBadRequest, Name: "request-unreadable", Detail: detail}
		}
	}
	if lang, ok := object["lang"]; ok {
		if lang.Kind() != '"' {
			return call, &operation.ParameterError{Problem: operation.Unreadable, Name: "lang", Value: string(lang)}
		}
		call.Accepts = text(lang)
		delete(object, "lang")
	}
	for name, value := range object {
		if name == o.Body && o.Body != "" {
			call.Body = value
			continue
		}
		i := slices.IndexFunc(o.Takes, func(p operation.Parameter) bool { return p.Name == name })
		if i < 0 {
			return call, &operation.ParameterError{Problem: operation.Unknown, Name: name}
		}
		if call.Values[name], err = valuesOf(&o.Takes[i], value); err != nil {
			return call, err
		}
	}
	return call, nil
}

// valuesOf are the values of a parameter, as an address would have them.
func valuesOf(p *operation.Parameter, value jsontext.Value) ([]string, error) {
	unreadable := &operation.ParameterError{Problem: operation.Unreadable, Name: p.Name, Value: string(value)}
	switch value.Kind() {
	case '"':
		return []string{text(value)}, nil
	case '0', 't', 'f':
		return []string{string(value)}, nil
	case '[':
		var several []string
		if err := json.Unmarshal(value, &several); err != nil {
			return nil, unreadable
		}
		switch p.Form {
		case operation.Lines:
			return several, nil
		case operation.List:
			if slices.ContainsFunc(several, func(s string) bool { return strings.Contains(s, ",") }) {
				return nil, unreadable
			}
			return []string{strings.Join(several, ",")}, nil
		}
	}
	return nil, unreadable
}

// text is what a JSON string says.
func text(value jsontext.Value) (s string) {
	_ = json.Unmarshal(value, &s) // it was read before
	return s
}
