package login

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"registre/web/login/logintest"
)

var forgersKey = func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}()

// A forger is a provider that signs what it is told to. As long as it is told nothing, all that it says holds.
type forger struct {
	t       *testing.T
	issuer  string
	asked   map[string]url.Values                      // by code: how the sign-in was begun
	spoil   func(claims map[string]any)                // of the ID token
	sign    func(claims map[string]any) string         // nil for as it should be
	info    func(w http.ResponseWriter)                // what it says of the person; nil for nothing
	says    map[string]any                             // of itself, otherwise
	tokens  func(http.ResponseWriter, url.Values) bool // answers in its place
	claimed map[string]any                             // the claims of the last ID token
	keys    atomic.Int64                               // how often its keys were asked for
	basic   [2]string                                  // client and secret in the header of the last code that was brought
}

func startForger(t *testing.T) *forger {
	f := &forger{t: t, asked: map[string]url.Values{}}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	f.issuer = server.URL
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		says := map[string]any{
			"issuer": f.issuer, "authorization_endpoint": f.issuer + "/auth", "token_endpoint": f.issuer + "/token", "jwks_uri": f.issuer + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"},
		}
		if f.info != nil {
			says["userinfo_endpoint"] = f.issuer + "/userinfo"
		}
		maps.Copy(says, f.says)
		f.json(w, says)
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		f.keys.Add(1)
		f.json(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &forgersKey.PublicKey, KeyID: "k", Algorithm: "RS256", Use: "sig"}}})
	})
	mux.HandleFunc("GET /userinfo", func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "Bearer access", r.Header.Get("Authorization"))
		f.info(w)
	})
	mux.HandleFunc("POST /token", f.token)
	return f
}

func (f *forger) json(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	require.NoError(f.t, json.NewEncoder(w).Encode(v))
}

// token redeems a code, as often as it is asked to.
func (f *forger) token(w http.ResponseWriter, r *http.Request) {
	require.NoError(f.t, r.ParseForm())
	f.basic[0], f.basic[1], _ = r.BasicAuth()
	if f.tokens != nil && f.tokens(w, r.PostForm) {
		return
	}
	begun := f.asked[r.PostForm.Get("code")]
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	if begun == nil || base64.RawURLEncoding.EncodeToString(sum[:]) != begun.Get("code_challenge") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		f.json(w, map[string]string{"error": "invalid_grant"})
		return
	}
	now := time.Now()
	f.claimed = map[string]any{
		"iss": f.issuer, "sub": logintest.Subject, "aud": begun.Get("client_id"), "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "nonce": begun.Get("nonce"),
	}
	if f.spoil != nil {
		f.spoil(f.claimed)
	}
	sign := f.sign
	if sign == nil {
		sign = f.signed
	}
	f.json(w, map[string]any{"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": sign(f.claimed)})
}

// signed is a token as it should be.
func (f *forger) signed(claims map[string]any) string {
	return f.signedWith(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: forgersKey, KeyID: "k"}}, claims)
}

func (f *forger) signedWith(key jose.SigningKey, claims map[string]any) string {
	signer, err := jose.NewSigner(key, nil)
	require.NoError(f.t, err)
	text, err := json.Marshal(claims)
	require.NoError(f.t, err)
	made, err := signer.Sign(text)
	require.NoError(f.t, err)
	compact, err := made.CompactSerialize()
	require.NoError(f.t, err)
	return compact
}

// unsigned is a token that nobody has signed, and says so.
func (f *forger) unsigned(claims map[string]any) string {
	text, err := json.Marshal(claims)
	require.NoError(f.t, err)
	code := base64.RawURLEncoding.EncodeToString
	return code([]byte(`{"alg":"none","kid":"k"}`)) + "." + code(text) + "."
}

// byPublicKey is a token that anybody can sign: the public key is taken for a shared secret.
func (f *forger) byPublicKey(form func(*rsa.PublicKey) []byte) func(map[string]any) string {
	return func(claims map[string]any) string {
		return f.signedWith(jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: form(&forgersKey.PublicKey), KeyID: "k"}}, claims)
	}
}

func asPEM(key *rsa.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func asModulus(key *rsa.PublicKey) []byte { return key.N.Bytes() }

// byAnother is a token signed with a key that is not the provider's, under the name of his.
func (f *forger) byAnother(claims map[string]any) string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(f.t, err)
	return f.signedWith(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: crypto.Signer(key), KeyID: "k"}}, claims)
}

// authenticate says that the person has signed in, and gives the address to which the browser is led back.
func (f *forger) authenticate(address string) (callback string) {
	u, err := url.Parse(address)
	require.NoError(f.t, err)
	q := u.Query()
	code := byChance()
	f.asked[code] = q
	return q.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
}
