# Lazaret as an image of its own: one static program, root certificates, and nobody to run it.
#
#   docker build --tag lazaret .
#   docker run --rm lazaret image debian:12
#   docker run --rm --volume "$PWD:/work:ro" lazaret image --input app.tar

FROM rust:1.95.0-alpine3.23@sha256:606fd313a0f49743ee2a7bd49a0914bab7deedb12791f3a846a34a4711db7ed2 AS build
# The toolchain of this image, and not one that rust-toolchain.toml has downloaded.
ENV RUSTUP_TOOLCHAIN=1.95.0
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY xtask ./xtask
COPY crates ./crates
RUN cargo build --release --locked --package lazaret

FROM gcr.io/distroless/static-debian12:nonroot@sha256:afa5c872c891853ca7fcf1f12c3edb23f7eeef36189728842dd51042ff57f7ab
LABEL org.opencontainers.image.title="Lazaret" \
      org.opencontainers.image.description="May this image pass? Finds vulnerable packages in container images" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /src/target/release/lazaret /usr/local/bin/lazaret
USER 65532:65532
WORKDIR /work
# A program that ends when it is done has no health to look after.
HEALTHCHECK NONE
ENTRYPOINT ["/usr/local/bin/lazaret"]
CMD ["--help"]
