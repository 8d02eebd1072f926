/** How the page hears of news: shown to its reader in words. */

import { say } from "./words.js";

const WORDS = {
  live: ["실시간 연결됨", "Live"],
  polling: ["몇 초마다 확인 중", "Checking every few seconds"],
  waiting: ["연결 끊김, 다시 연결하는 중", "Offline, trying again"],
  "signed-out": ["로그아웃됨", "Signed out"],
};

/** A function for the stream's `onState` that writes into `element`. */
export const shows = (element) => (state) => {
  element.dataset.state = state;
  element.textContent = say(...WORDS[state]);
};
