/** A plain card in place of the room, with a button where that may help. */
export function Notice({ title, text, button, onButton }: { title: string; text: string; button?: string; onButton?: (() => void) | undefined }) {
  return (
    <main className="card-page">
      <div className="card" role="alert">
        <h1>{title}</h1>
        <p>{text}</p>
        {onButton ? <button type="button" className="primary" onClick={onButton}>{button ?? "Try again"}</button> : <p><a href="/">Enter a code</a></p>}
      </div>
    </main>
  );
}
