package main

import "maps"

func init() { maps.Copy(faults, serveFaults) }

// serveFaults are the sentences for what goes wrong at the doors.
var serveFaults = map[string]saying{
	"parameter-unknown":    {"R0842", "Cette question ne prend pas ce paramètre : %[1]s", "This question takes no such parameter: %[1]s", "Voir /openapi.json, ou « registre VERBE --help ».", "See /openapi.json, or “registre VERB --help”."},
	"parameter-missing":    {"R0843", "Il manque un paramètre : %[1]s", "A parameter is missing: %[1]s", "L'ajouter.", "Add it."},
	"parameter-unreadable": {"R0844", "Le paramètre %[1]s ne se lit pas : %[2]s", "The parameter %[1]s cannot be read: %[2]s", "Écrire un nombre sans signe ni zéro devant, ou true ou false.", "Write a number without sign or leading zero, or true or false."},
	"last-event-id":        {"R0941", "L'en-tête Last-Event-ID n'est pas l'id d'un élément de ce flux : %[2]s", "The header Last-Event-ID is no id of an item of this stream: %[2]s", "Renvoyer le dernier id reçu de ce flux, tel quel ; sans cet en-tête, le flux commence là où le disent ses paramètres.", "Send the last id that came from this stream, as it came; without this header the stream begins where its parameters say."},
	"number-moved":         {"R0845", "Le registre %[1]s ne finit pas par l'événement attendu : %[2]s", "The register %[1]s does not end with the event expected: %[2]s", "Relire, et redécider : rien n'a été inscrit.", "Read again, and decide again: nothing was recorded."},
	"path-unknown":         {"R0846", "Rien ne se trouve à cette adresse : %[1]s", "Nothing is at this address: %[1]s", "Voir /openapi.json.", "See /openapi.json."},
	"method-unknown":       {"R0847", "Cette adresse ne prend pas %[1]s.", "This address does not take %[1]s.", "Elle prend : %[2]s.", "It takes: %[2]s."},
	"media-unknown":        {"R0848", "Ce type de contenu n'est pas pris : %[1]s", "This type of content is not taken: %[1]s", "Envoyer application/json.", "Send application/json."},
	"media-unwanted":       {"R0849", "La réponse n'existe pas dans la forme demandée : %[1]s", "The answer is not there in the form asked for: %[1]s", "Demander %[2]s.", "Ask for %[2]s."},
	"body-too-long":        {"R0850", "La demande dépasse %[1]s octets.", "The request has more than %[1]s bytes.", "", ""},
	"too-many":             {"R0851", "Trop de demandes à la fois.", "Too many requests at once.", "Réessayer un peu plus tard.", "Try again a little later."},
	"group-differs":        {"R0852", "L'adresse nomme %[1]s, la commande %[2]s.", "The address names %[1]s, the command %[2]s.", "Nommer deux fois le même groupement.", "Name the same group in both."},
	"config-file":          {"R0976", "Le fichier des réglages ne se lit pas : %[2]s", "The file of settings cannot be read: %[2]s", "Écrire des lignes « nom: valeur », en YAML.", "Write lines “name: value”, in YAML."},
	"config-key":           {"R0977", "Il n'y a pas de réglage %[1]s.", "There is no setting %[1]s.", "« registre serve --show-config » les montre.", "“registre serve --show-config” shows them."},
	"config-value":         {"R0978", "Cette valeur ne va pas pour %[1]s : %[2]s", "This value does not do for %[1]s: %[2]s", "Voir « registre serve --help ».", "See “registre serve --help”."},
	"config-twice":         {"R0979", "Ce réglage est donné deux fois : %[1]s", "This setting is given twice: %[1]s", "N'en garder qu'un.", "Keep one of them."},
	"opening":              {"R0988", "Le registre s'ouvre.", "The register is being opened.", "Réessayer un peu plus tard.", "Try again a little later."},
	"behind":               {"R0989", "L'archive a %[1]s événements de retard sur le registre.", "The archive is %[1]s events behind the register.", "Réessayer un peu plus tard.", "Try again a little later."},
	"encoding-unknown":     {"R0991", "Cet encodage du contenu n'est pas pris : %[1]s", "This encoding of content is not taken: %[1]s", "Envoyer la demande telle quelle, sans la compresser.", "Send the request as it is, not compressed."},
	"not-ready":            {"R0992", "Le serveur à %[1]s n'est pas prêt : %[2]s", "The server at %[1]s is not ready: %[2]s", "", ""},
	"token-missing":        {"R0853", "Cette adresse demande un jeton.", "This address asks for a token.", "Envoyer « Authorization: Bearer JETON » ; « registre token create » en donne un.", "Send “Authorization: Bearer TOKEN”; “registre token create” gives one."},
	"token-unknown":        {"R0854", "Ce jeton n'est pas connu, a expiré ou a été retiré.", "This token is not known, has expired or was revoked.", "En demander un autre à qui tient le registre.", "Ask whoever keeps the register for another."},
	"token-denied":         {"R0855", "Rien ne donne ce droit : %[1]s", "Nothing gives this right: %[1]s", "Qui tient le registre le donne : « registre right grant » ; un jeton restreint n'en ouvre qu'une part.", "Whoever keeps the register grants it: “registre right grant”; a token that was narrowed opens a part of it only."},
	"listen-open":          {"R0856", "Cette adresse est à la portée d'autres machines : %[1]s", "This address is reached from other machines: %[1]s", "Ajouter --tls-cert et --tls-key, ou --behind-proxy derrière un serveur qui parle TLS.", "Add --tls-cert and --tls-key, or --behind-proxy behind a server that speaks TLS."},
	"listen-failed":        {"R0857", "On ne peut pas écouter à %[1]s : %[2]s", "Cannot listen on %[1]s: %[2]s", "Choisir une autre adresse avec --listen.", "Choose another address with --listen."},
	"serve-held":           {"R0858", "Un autre programme tient ce dossier : %[1]s", "Another program holds this folder: %[1]s", "C'est un serveur, ou un programme plus ancien, qui ne laisse pas la place : l'arrêter d'abord.", "It is a server, or an older program, which does not give way: stop it first."},
	"answer-too-long":      {"R0481", "La réponse dépasse %[1]s octets, ce qu'un message porte au plus.", "The answer has more than %[1]s bytes, the most that a message carries.", "Demander moins à la fois, ou par HTTP.", "Ask for less at once, or over HTTP."},
	"nats-listen-failed":   {"R0482", "On ne peut pas servir NATS à %[1]s : %[2]s", "Cannot serve NATS on %[1]s: %[2]s", "Choisir une autre adresse avec --nats-listen.", "Choose another address with --nats-listen."},
	"request-unreadable":   {"R0483", "La demande ne se lit pas : %[2]s", "The request cannot be read: %[2]s", "Envoyer un objet JSON, chaque nom une fois ; voir docs/nats.md.", "Send a JSON object, each name once; see docs/nats.md."},
	"certificate":          {"R0859", "Le certificat ne se lit pas : %[2]s", "The certificate cannot be read: %[2]s", "Donner un certificat et sa clé, en PEM.", "Give a certificate and its key, in PEM."},
	"tokens-broken":        {"R0885", "Le fichier des jetons ne se lit pas : %[2]s", "The file of tokens cannot be read: %[2]s", "Le réparer, ou le mettre de côté : plus aucun jeton n'ouvrira.", "Repair it, or put it aside: no token will open anything any more."},
	"token-no-such":        {"R0886", "Il n'y a pas de jeton %[1]s.", "There is no token %[1]s.", "« registre token list » les montre.", "“registre token list” shows them."},
}
