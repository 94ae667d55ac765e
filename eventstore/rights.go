package eventstore

import "registre/domain"

var principals = idForm[domain.PrincipalID]("the pseudonym of a principal")

var principalRoles = wordForm[string]("secretary, member-clerk, sitting-officer, auditor, subscriber, operator or public")

func rightGranted(c *coder, a *domain.RightGranted) {
	value(c, "body", optional, &a.Body, bodies)
	whether(c, "every", &a.Every)
	values(c, "groups", optional, &a.Groups, groups)
	value(c, "member", optional, &a.Member, members)
	value(c, "principal", required, &a.Principal, principals)
	value(c, "role", required, &a.Role, principalRoles)
	value(c, "sitting", optional, &a.Sitting, sittings)
	value(c, "until", optional, &a.Until, days)
}

func rightEnded(c *coder, a *domain.RightEnded) {
	value(c, "reason", required, &a.Reason, texts)
	number(c, "right", &a.Right)
}
