package domain

// SubscriptionID names a subscription, [a-z0-9-]{1,64}. It says nothing of who subscribed.
type SubscriptionID string
