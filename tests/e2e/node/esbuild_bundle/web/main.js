import { customAlphabet } from 'nanoid';

document.title = `chart ${customAlphabet('abcdef', 6)()}`;
