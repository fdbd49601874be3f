import test from 'ava';
import { escapeMarkup, markup, trusted } from '../../src/report/markup.js';

test('what is put into a template is escaped, in text and in attributes', (t) => {
  const name = `<b> & "n1's"`;
  t.is(markup`<p title="${name}">${name}</p>`.text, `<p title="${escaped}">${escaped}</p>`);
  t.is(escapeMarkup(name), escaped);
});

const escaped = '&lt;b&gt; &amp; &quot;n1&#39;s&quot;';

test('markup stays markup, alone and in lists', (t) => {
  const items = ['a', '<'].map((item) => markup`<li>${item}</li>`);
  t.is(markup`<ul>${items}${trusted('<hr>')}${3}</ul>`.text, '<ul><li>a</li><li>&lt;</li><hr>3</ul>');
});
