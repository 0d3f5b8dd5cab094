using System;

namespace Web;

/// <summary>The field Date of answers (RFC 9110, 6.6.1): a server without a clock leaves it out.</summary>
internal static class HttpDate
{
    private const string Pattern = "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n";
    private const string DayNames = "ThuFriSatSunMonTueWed"; // 1970 began on a Thursday
    private const string MonthNames = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private const int NameLength = 3;
    private const int NameAt = 6;
    private const int DayAt = 11;
    private const int MonthAt = 14;
    private const int YearAt = 18;
    private const int HourAt = 23;
    private const int MinuteAt = 26;
    private const int SecondAt = 29;
    private const int SecondsPerDay = 86_400;

    // Years are counted from March on, so that the day that some have more is their last; four hundred of them repeat.
    private const int DaysToMarchOfYear0 = 719_468;
    private const int DaysIn400Years = 146_097;

    private static readonly byte[] s_field = new byte[Pattern.Length];
    private static long s_second = -1;

    /// <summary>Writes the field, if the time is known.</summary>
    public static void Write(ByteWriter output) => Write(output, Clock.UnixSeconds);

    /// <summary>Writes the field for a time, in seconds since 1970; nothing for 0.</summary>
    public static void Write(ByteWriter output, long seconds)
    {
        if (seconds == 0)
            return;
        if (seconds != s_second)
            Format(seconds);
        output.Append(s_field);
    }

    // RFC 9110, 5.6.7: IMF-fixdate.
    private static void Format(long seconds)
    {
        s_second = seconds;
        long days = seconds / SecondsPerDay;
        int time = (int)(seconds % SecondsPerDay);
        int march = (int)((days + DaysToMarchOfYear0) % DaysIn400Years);
        int year = (march - (march / 1460) + (march / 36_524) - (march / (DaysIn400Years - 1))) / 365;
        int dayOfYear = march - ((365 * year) + (year / 4) - (year / 100));
        int month = ((5 * dayOfYear) + 2) / 153;
        int day = dayOfYear - (((153 * month) + 2) / 5) + 1;
        month = (month + 2) % 12;
        year += (int)((days + DaysToMarchOfYear0) / DaysIn400Years * 400) + (month < 2 ? 1 : 0);
        for (int i = 0; i < Pattern.Length; i++)
            s_field[i] = (byte)Pattern[i];
        PutName(NameAt, DayNames, (int)(days % 7));
        PutName(MonthAt, MonthNames, month);
        PutNumber(DayAt, day);
        PutNumber(YearAt, year / 100);
        PutNumber(YearAt + 2, year % 100);
        PutNumber(HourAt, time / 3600);
        PutNumber(MinuteAt, time / 60 % 60);
        PutNumber(SecondAt, time % 60);
    }

    private static void PutName(int at, string names, int index)
    {
        for (int i = 0; i < NameLength; i++)
            s_field[at + i] = (byte)names[(index * NameLength) + i];
    }

    private static void PutNumber(int at, int number)
    {
        s_field[at] = (byte)('0' + (number / 10));
        s_field[at + 1] = (byte)('0' + (number % 10));
    }
}
