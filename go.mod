module registre

go 1.26
