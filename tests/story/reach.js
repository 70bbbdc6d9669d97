// The same tries from inside of node: where the framework packages. `tcp:` places only.
"use strict";
const net = require("node:net");

const reach = (place) => new Promise((tell) => {
  const at = place.lastIndexOf(":");
  const there = net.connect({ host: place.slice("tcp:".length, at), port: Number(place.slice(at + 1)) });
  there.on("connect", () => there.write("GET / HTTP/1.0\r\n\r\n"));
  there.on("data", () => { there.destroy(); tell("reached"); });
  there.on("error", (error) => tell(`not reached: ${error.message}`));
  there.on("close", () => tell("not reached: closed"));
});

module.exports = async () => {
  const told = [];
  for (const place of PLACES) told.push(await reach(place));
  console.log(`package: ${told.map((one) => one.split(":")[0]).join(", ")}`);
  return "probed";
};
