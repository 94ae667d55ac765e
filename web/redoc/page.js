import { init } from "./redoc.js";

// Redoc gets the document, not its address: with the address it would offer to send it to others.
const answer = await fetch("openapi.json");
init(await answer.json(), { disableTelemetry: true }, document.querySelector("redoc"));
