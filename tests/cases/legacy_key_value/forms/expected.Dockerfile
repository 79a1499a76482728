FROM alpine:3.20
ENV A=one
ENV B="one two  three"
LABEL C="quoted value"
ENV D="$A and more"
ENV E say "hello"
ENV F two\ words
env G="1 H=2"
ENV I one \
    two
