module example.com/knots

go 1.21

require example.com/words v0.1.0
