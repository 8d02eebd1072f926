/** A short tone for a new sighting. Off until somebody turns it on; browsers want a press first anyway. */

import { ready } from "./elements.js";

const KEY = "patrol.sound";

/** Follows the checkbox; returns play(urgency). */
export function makeSound(box) {
  let context = null;
  const wake = () => {
    context ??= new AudioContext();
    context.resume();
  };
  box.checked = localStorage.getItem(KEY) === "on";
  ready(box, "change", () => {
    localStorage.setItem(KEY, box.checked ? "on" : "off");
    if (box.checked) {
      wake();
      play("Future");
    }
  });
  addEventListener("pointerdown", () => box.checked && wake(), { once: true });

  function play(urgency) {
    if (!box.checked || !context) return;
    const tones = { Immediate: [880, 1175, 880, 1175], Expected: [659, 880] }[urgency] ?? [659];
    tones.forEach((frequency, index) => {
      const at = context.currentTime + index * 0.18;
      const tone = context.createOscillator();
      const loudness = context.createGain();
      tone.frequency.value = frequency;
      loudness.gain.setValueAtTime(0.0001, at);
      loudness.gain.exponentialRampToValueAtTime(0.2, at + 0.02);
      loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.16);
      tone.connect(loudness).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.17);
    });
  }
  return play;
}
