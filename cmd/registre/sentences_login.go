package main

import "maps"

func init() { maps.Copy(faults, loginFaults) }

// loginFaults are the sentences for what goes wrong when somebody signs in by a browser.
var loginFaults = map[string]saying{
	"login-stale":       {"R0962", "Cette connexion a été commencée ailleurs, est déjà finie, ou a pris plus de dix minutes.", "This sign-in was begun elsewhere, is finished already, or took more than ten minutes.", "La recommencer à /login.", "Begin it again at /login."},
	"login-refused":     {"R0963", "Le fournisseur d'identité n'a pas confirmé qui vous êtes. %[2]s", "The identity provider did not confirm who you are. %[2]s", "Recommencer ; si cela dure, prévenir qui tient le registre.", "Begin again; if it lasts, tell whoever keeps the register."},
	"login-unreachable": {"R0964", "Le fournisseur d'identité ne répond pas.", "The identity provider does not answer.", "Réessayer un peu plus tard.", "Try again a little later."},
	"login-invalid":     {"R0965", "Ce que dit le fournisseur d'identité ne tient pas ; rien n'a été fait.", "What the identity provider says does not hold; nothing was done.", "Recommencer ; si cela dure, prévenir qui tient le registre.", "Begin again; if it lasts, tell whoever keeps the register."},
	"login-unknown":     {"R0966", "Ce compte n'est relié à personne ici : %[1]s", "This account is linked to nobody here: %[1]s", "Demander à qui tient le registre : registre login link PSEUDONYME %[2]s %[1]s", "Ask whoever keeps the register for this: registre login link PSEUDONYM %[2]s %[1]s"},
	"login-return":      {"R0967", "On ne revient après la connexion que sur ce serveur.", "After signing in one returns to this server alone.", "Donner un chemin qui commence par une barre : /session.", "Give a path that begins with one slash: /session."},
	"session-over":      {"R0968", "Cette session est finie.", "This session is over.", "Se reconnecter à /login.", "Sign in again at /login."},
	"origin-other":      {"R0969", "Un autre site a envoyé cette demande.", "Another site sent this request.", "L'envoyer depuis ce serveur, ou avec un jeton.", "Send it from this server, or with a token."},
	"login-linked":      {"R0973", "Ce compte est déjà relié à %[2]s : %[1]s", "This account is linked already, to %[2]s: %[1]s", "Le délier d'abord : registre login unlink.", "Unlink it first: registre login unlink."},
	"login-no-such":     {"R0974", "Aucun compte n'est relié ainsi : %[1]s", "No account is linked so: %[1]s", "Les voir avec « registre login list ».", "See them with “registre login list”."},
	"login-form":        {"R0975", "Un compte, un fournisseur ou une adresse ne s'écrit pas ainsi : %[2]s", "An account, an issuer or an address is not written so: %[2]s", "Les écrire sans espace, comme le fournisseur les donne ; les adresses en https.", "Write them without spaces, as the provider has them; addresses with https."},
}
