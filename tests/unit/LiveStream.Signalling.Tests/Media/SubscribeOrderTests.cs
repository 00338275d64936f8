using LiveStream.Signalling.Media;

namespace LiveStream.Signalling.Tests.Media;

/// <summary>
/// Tracks, offers, answers and calls that fail before or after their effect, in any order: in the end the client has been
/// offered everything, and was never given an offer while it had another one.
/// </summary>
public sealed class SubscribeOrderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AnyOrderOfEvents_ClientHasEverythingInTheEnd(int part)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var play = new Play(new Random((part * 1000) + seed));
            for (var step = 0; step < 80; step++) play.Step();
            play.Finish();
        }
    }

    // The media server counts its changes; an offer is the count of its moment.
    private sealed class Play(Random random)
    {
        private readonly SubscribeNegotiation _negotiation = new();
        private int _changes, _untold, _atServer, _atClient;
        private int? _offerAtServer, _offerAtClient, _answer;
        private bool _asking, _isRestart;

        public void Step()
        {
            switch (random.Next(6))
            {
                case 0:
                    _changes++;
                    _untold++;
                    break;
                case 1 when _untold > 0:
                    _untold = 0;
                    _negotiation.Change();
                    break;
                case 2 when !_asking:
                    Begin();
                    break;
                case 3 when _asking:
                    Ask(fails: random.Next(4) == 0, afterEffect: random.Next(2) == 0);
                    break;
                case 4 when _offerAtClient is not null:
                    (_answer, _offerAtClient) = (_offerAtClient, null);
                    break;
                case 5 when _answer is not null:
                    Take(fails: random.Next(4) == 0, afterEffect: random.Next(2) == 0);
                    break;
            }
        }

        public void Finish()
        {
            if (_asking) Ask(fails: false, afterEffect: false);
            _negotiation.Change();
            for (var round = 0; round < 4; round++)
            {
                if (_offerAtClient is not null) (_answer, _offerAtClient) = (_offerAtClient, null);
                if (_answer is not null) Take(fails: false, afterEffect: false);
                Begin();
                if (_asking) Ask(fails: false, afterEffect: false);
            }

            Assert.Null(_negotiation.Outstanding);
            Assert.Equal(_changes, _atClient);
            Assert.Equal(_changes, _atServer);
        }

        private void Begin() => _asking = _negotiation.TryBegin(out _isRestart);

        private void Ask(bool fails, bool afterEffect)
        {
            _asking = false;
            int? offer = null;
            if (!fails || afterEffect)
            {
                if (_offerAtServer is not null || _atServer != _changes) offer = _offerAtServer = _changes;
            }

            if (fails) _negotiation.Failed(_isRestart);
            else if (_negotiation.Offered(offer?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? ""))
            {
                Assert.Null(_offerAtClient);
                Assert.Null(_answer);
                _offerAtClient = offer;
            }
        }

        private void Take(bool fails, bool afterEffect)
        {
            var answered = _answer!.Value;
            _answer = null;
            if (!fails || afterEffect)
            {
                Assert.Equal(_offerAtServer, answered);
                _offerAtServer = null;
                (_atServer, _atClient) = (answered, answered);
            }

            if (fails) _negotiation.Doubt();
            else _negotiation.Answered();
        }
    }
}
