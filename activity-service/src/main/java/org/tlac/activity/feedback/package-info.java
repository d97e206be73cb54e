/** What teachers write to pupils about an activity or a lesson. */
@NullMarked
package org.tlac.activity.feedback;

import org.jspecify.annotations.NullMarked;
