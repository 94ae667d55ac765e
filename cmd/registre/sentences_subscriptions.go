package main

import (
	"fmt"
	"maps"
	"strings"

	"registre/domain"
)

func init() {
	maps.Copy(words, subscriptionWords)
	maps.Copy(rulesFR, subscriptionRules)
	maps.Copy(faults, subscriptionFaults)
}

// subscriptionFaults are the sentences for what goes wrong with subscriptions, and with where they are brought to.
var subscriptionFaults = map[string]saying{
	"mail-form":               {"R0468", "Ce n'est pas une adresse de courriel : %[1]s", "This is no address of mail: %[1]s", "Donner l'adresse seule, comme anne@exemple.fr, sans nom ni accent.", "Give the address alone, as anne@example.org, without a name, in plain letters."},
	"smtp-open":               {"R0469", "Sans TLS, le mot de passe du serveur de courriel serait lisible en chemin.", "Without TLS the password of the mail server could be read on its way.", "Choisir --smtp-tls starttls ou implicit, ou ne pas donner de --smtp-user.", "Choose --smtp-tls starttls or implicit, or give no --smtp-user."},
	"smtp-password":           {"R0470", "Le mot de passe du serveur de courriel ne se lit pas dans %[1]s : %[2]s", "The password of the mail server cannot be read from %[1]s: %[2]s", "Y écrire le mot de passe sur une ligne, lisible par ce programme seul.", "Write the password into it, on one line, readable by this program alone."},
	"unsubscribe-unknown":     {"R0471", "Ce lien n'est celui d'aucun abonnement.", "This link is that of no subscription.", "Prendre le lien entier d'un message reçu, ou écrire à qui tient le registre.", "Take the whole link of a mail that came, or write to whoever keeps the register."},
	"subscription-unknown":    {"R0472", "Aucun de vos abonnements ne s'appelle « %[1]s », ou il a pris fin.", "None of your subscriptions is called “%[1]s”, or it has ended.", "GET /v1/subscriptions les montre.", "GET /v1/subscriptions shows them."},
	"subscriptions-many":      {"R0473", "Vous avez déjà %[1]s abonnements.", "You have %[1]s subscriptions already.", "En terminer un.", "End one."},
	"subscription-elsewhere":  {"R0474", "L'adresse de l'abonnement %[1]s n'est pas ici : le serveur par lequel il fut pris la garde, et remet ses avis.", "The address of the subscription %[1]s is not here: the server through which it was made keeps it, and brings its notices.", "S'adresser à ce serveur-là ; si son dossier est perdu, terminer l'abonnement et le reprendre ici, avec --from ou --past.", "Ask that server; where its folder is lost, end the subscription and make it anew here, with --from or --past."},
	"own-broken":              {"R0589", "Ce fichier ne se lit pas : %[2]s", "This file cannot be read: %[2]s", "Le réparer, ou le mettre de côté : ce qu'il dit n'est nulle part ailleurs.", "Repair it, or put it aside: what it says is nowhere else."},
	"own-altered":             {"R0590", "Ce fichier n'est plus celui qui fut écrit : %[1]s", "This file is no longer the one that was written: %[1]s", "Le remettre d'une sauvegarde, ou le mettre de côté.", "Put it back from a copy, or put it aside."},
	"own-locked":              {"R0591", "Un autre programme change ce fichier : %[1]s", "Another program changes this file: %[1]s", "Réessayer.", "Try again."},
	"target-form":             {"R0592", "Ce n'est pas l'adresse d'un destinataire : %[2]s", "This is no address of a receiver: %[2]s", "Donner une adresse entière en https, sans mot de passe.", "Give a whole address of https, without a password."},
	"subscription-no-address": {"R0593", "Aucune adresse n'est gardée pour l'abonnement %[1]s.", "No address is kept for the subscription %[1]s.", "« registre subscription list » montre les abonnements.", "“registre subscription list” shows the subscriptions."},
}

var subscriptionWords = map[string][2]string{
	"subscription-made": {"abonnement", "subscription"}, "subscription-ended": {"fin d'abonnement", "end of a subscription"},
	"delivery-resumed": {"reprise des envois", "deliveries resumed"}, "notice-skipped": {"avis laissé de côté", "notice skipped"},
	domain.ByWebhook: {"HTTP", "webhook"}, domain.ByMail: {"courriel", "mail"}, domain.ByDigest: {"courriel groupé", "digest"},
}

var subscriptionRules = map[string]string{
	"R0225": "l'abonnement nommé doit avoir été fait",
	"R0358": "un abonnement se fait une fois",
	"R0359": "ce qui se dit d'un abonnement se dit tant qu'il dure",
}

// subscriptionData is what events about subscriptions say.
type subscriptionData struct {
	Channel, Notice, Subscription string
	Group                         string
}

// saySubscription makes a sentence of an event about a subscription; "" of any other.
func (a *app) saySubscription(kind string, d *actData) string {
	switch kind {
	case "subscription-made":
		where := strings.Join(d.Groups, ", ")
		if d.Every {
			where = a.tr("tous les groupements", "every group")
		}
		return fmt.Sprintf(a.tr("%s s'abonne aux avis de %s, par %s (%s).", "%s subscribes to the notices of %s, by %s (%s)."), d.Principal, where, a.word(d.Channel), d.Subscription)
	case "subscription-ended":
		return fmt.Sprintf(a.tr("L'abonnement %s prend fin : %s", "The subscription %s ends: %s"), d.Subscription, d.Reason)
	case "delivery-resumed":
		return fmt.Sprintf(a.tr("Les envois de l'abonnement %s reprennent.", "The deliveries of the subscription %s go on."), d.Subscription)
	case "notice-skipped":
		return fmt.Sprintf(a.tr("L'avis %s est laissé de côté pour l'abonnement %s : %s", "The notice %s is left out of the subscription %s: %s"), d.Notice, d.Subscription, d.Reason)
	}
	return ""
}
