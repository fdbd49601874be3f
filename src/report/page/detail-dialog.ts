/** The dialog of the page: one of the things that can be opened, and the way to the one before and behind it. */
import { demand } from './reading.js';

export interface DetailOptions<Item> {
  /** What an item is called; with its number, from 1, it is the hash of the page: `#trial-17`. */
  readonly noun: string;
  readonly items: readonly Item[];
  readonly content: (item: Item) => readonly Element[];
}

/** Finds the dialog of the page and gives its buttons and keys their meaning. */
export class DetailDialog<Item extends { readonly name: string }> {
  readonly #dialog = demand<HTMLDialogElement>(document, 'dialog');
  readonly #options: DetailOptions<Item>;
  #index = 0;

  constructor(options: DetailOptions<Item>) {
    this.#options = options;
    const press = (selector: string, action: () => void): void =>
      demand<HTMLButtonElement>(this.#dialog, selector).addEventListener('click', action);
    press('.close', () => this.#dialog.close());
    press('.previous', () => this.open(this.#index - 1));
    press('.next', () => this.open(this.#index + 1));
    this.#dialog.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowLeft') this.open(this.#index - 1);
      if (event.key === 'ArrowRight') this.open(this.#index + 1);
    });
    this.#dialog.addEventListener('click', (event) => {
      if (event.target === this.#dialog) this.#dialog.close();
    });
    this.#dialog.addEventListener('close', () =>
      history.replaceState(null, '', location.pathname + location.search),
    );
  }

  /** @param index from 0; nothing happens where there is no such item */
  open(index: number): void {
    const { noun, items, content } = this.#options;
    const item = items[index];
    if (item === undefined) return;
    this.#index = index;
    history.replaceState(null, '', `#${noun}-${index + 1}`);
    demand(this.#dialog, 'h2').textContent = item.name;
    demand<HTMLButtonElement>(this.#dialog, '.previous').disabled = index === 0;
    demand<HTMLButtonElement>(this.#dialog, '.next').disabled = index === items.length - 1;
    demand(this.#dialog, '.body').replaceChildren(...content(item));
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** Opens what the hash of the page names, now and whenever it changes. */
  followHash(): void {
    const openNamed = (): void => {
      const [, noun, number] = /^#([a-z]+)-(\d+)$/u.exec(location.hash) ?? [];
      if (noun === this.#options.noun) this.open(Number(number) - 1);
    };
    window.addEventListener('hashchange', openNamed);
    openNamed();
  }
}
